"""Hand a proven model to where models are kept: MLflow, and the Hugging Face Hub."""

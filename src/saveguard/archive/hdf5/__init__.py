"""The structure of an HDF5 file, read without libhdf5.

libhdf5 may crash, hang or exhaust memory on hostile bytes, refuses a file that was cut short, and
follows links by itself. This reader needs no import that takes time, reads as far as the bytes
go, and follows nothing. What it implements is the HDF5 File Format Specification, version 3:
https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
"""

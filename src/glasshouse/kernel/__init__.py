"""One block through the whole period, compiled: the stages of a step, one file each, in the order of the model.

Every function takes the tables ``T``, the state of the block ``X`` (both records, passed by reference) and the sums
``M``. Importing a file of this package imports numba; nothing but ``engine.py`` does.
"""

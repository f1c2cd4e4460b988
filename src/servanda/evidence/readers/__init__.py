"""readers: one small file per format. Each defines ``READER``; ``evidence/plugins.py`` finds them.

To add a format, write such a file in a package of your own and name it in its entry points::

    [project.entry-points."servanda.readers"]
    my-format = "my_package.my_reader:READER"
"""

"""engine: where the kernels of ``findings`` run: batches of reports in, findings out. The first engine is the threads of one machine."""

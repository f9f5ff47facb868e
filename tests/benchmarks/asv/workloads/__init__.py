"""The workloads of the benchmarks beside this folder, timed by asv from one commit to the next."""

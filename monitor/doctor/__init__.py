"""python -m monitor.doctor: what stands between this machine and a run that says something, and how to mend it."""

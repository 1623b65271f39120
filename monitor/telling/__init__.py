"""Someone is told: of incidents, by every channel that is configured, once; and that the monitor itself is alive.

``python -m monitor.telling`` is the way in. What is due is worked out from incidents (``due``) and from the ledger of
what was told to whom (``ledger``); each channel is a file with one function (``github``, ``notify``), and none waits
for another.
"""

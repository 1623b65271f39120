"""What a tenant and a status page can be asked, performed once a target and run, and what that brings."""

"""What the service costs and where it ends: measured, calculated, simulated, written down."""

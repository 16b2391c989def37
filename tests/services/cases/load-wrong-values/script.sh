r systemctl start t-lw
p t-lw LoadState,ActiveState,SubState,Type,Restart,Nice,TimeoutStartUSec
log t-lw
dr
log t-lw

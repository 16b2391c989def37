for i in 1 2 3 4 5; do r systemctl start t-ln$i; p t-ln$i LoadState,ActiveState,SubState,Result,LoadError; done
log t-ln1
log t-ln2
log t-ln3
log t-ln5

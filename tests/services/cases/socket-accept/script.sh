r systemctl start t-ska.socket
talk 5502 abc
out sock-ska | sed 's/:[0-9][0-9]*\.\?/:PORT/g; s/:[0-9]*'"'"'/:PORT/g'
p t-ska.socket ActiveState,SubState,NAccepted

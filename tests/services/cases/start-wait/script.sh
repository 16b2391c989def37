tm systemctl start --wait t-wa1
tm systemctl start --wait t-wa2
tm systemctl start t-wa3
p t-wa3 ActiveState,SubState
r systemctl start --wait t-wanone

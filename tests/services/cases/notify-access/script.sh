for i in 1 2 3; do r systemctl start t-na$i; p t-na$i ActiveState,SubState,Result,NotifyAccess; done
log t-na2

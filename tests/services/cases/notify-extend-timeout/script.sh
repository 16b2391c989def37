tm systemctl start t-nx1
p t-nx1 ActiveState,SubState,Result

r systemctl start t-nm1
A=$(systemctl show -P MainPID t-nm1)
sleep 2
p t-nm1 ActiveState,SubState,Result
[ $A = "$(systemctl show -P MainPID t-nm1)" ] && echo kept
tr '\0' ' ' < /proc/$(systemctl show -P MainPID t-nm1)/cmdline; echo
r systemctl stop t-nm1
log t-nm1

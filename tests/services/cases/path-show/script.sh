r systemctl show t-psh.path -p Unit,Paths,MakeDirectory,DirectoryMode,Result,TriggerLimitIntervalUSec,TriggerLimitBurst
r systemctl show t-psh.path -p Before,Triggers,Conflicts,Requires
r systemctl start t-psh.path
stat -c '%a' /tmp/t-pshdir /tmp/t-pshdir/deep
ls /tmp/t-pshnot
log t-psh.path
r systemctl start t-psh2.path
r systemctl start t-psh3.path
log t-psh2.path; log t-psh3.path
r systemctl stop t-psh.path

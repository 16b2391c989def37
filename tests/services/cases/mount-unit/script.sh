N='mnt-t\x2dmu.mount'
printf '[Unit]\nDescription=A tmpfs\n[Mount]\nWhat=tmpfs\nWhere=/mnt/t-mu\nType=tmpfs\nOptions=size=1M,mode=0755\nDirectoryMode=0750\n[Install]\nWantedBy=multi-user.target\n' > "$U/$N"
dr
r systemctl is-active "$N"
r systemctl start "$N"
rs "stat -c %a /mnt/t-mu; findmnt -n -o TARGET,FSTYPE,SOURCE,OPTIONS /mnt/t-mu"
p "$N" ActiveState,SubState,Result,Where,What,Options,Type,ControlPID,DirectoryMode
r systemctl status "$N" -n0
r systemctl start /mnt/t-mu
r systemctl show -P Id /mnt/t-mu
r systemctl reload "$N"
p "$N" ActiveState,SubState,Result,CanReload
r systemctl restart "$N"
p "$N" ActiveState,SubState,Result
r systemctl stop "$N"
p "$N" ActiveState,SubState,Result,Options,What,Type
rs "grep -c ' /mnt/t-mu ' /proc/self/mountinfo"
rs "journalctl -u '$N' -o cat --no-pager -q"
r systemctl enable "$N"
r systemctl is-enabled "$N"
r systemctl disable "$N"
r systemctl start "$N"
rs "umount /mnt/t-mu"
w "$N" dead
p "$N" ActiveState,SubState,Result
rm "$U/$N"; dr

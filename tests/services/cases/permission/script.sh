useradd -M -s /bin/sh t-nob2 2>/dev/null
systemctl start t-pm
for c in 'start t-pm' 'stop t-pm' 'restart t-pm' 'enable t-pm' 'mask t-pm' daemon-reload 'kill t-pm' 'reset-failed t-pm' 'set-property t-pm MemoryMax=1G' 'set-environment A=1' 'is-active t-pm' 'is-enabled t-pm' 'show t-pm -p Id' 'cat t-pm' 'reload t-pm' 'isolate t-pm' 'reboot'; do rs "su t-nob2 -c 'systemctl --no-ask-password $c'"; done
userdel t-nob2
r systemctl is-active t-pm

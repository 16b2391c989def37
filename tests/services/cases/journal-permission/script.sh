systemctl start t-jp; sleep .3
useradd -M -s /bin/sh t-nobody 2>/dev/null
rs "su t-nobody -c 'journalctl -u t-jp --no-pager'"
rs "su t-nobody -c 'systemctl status t-jp'"
rs "su t-nobody -c 'systemctl is-active t-jp'"
usermod -aG adm t-nobody
rs "su t-nobody -c 'journalctl -u t-jp --no-pager -o cat'"
userdel t-nobody

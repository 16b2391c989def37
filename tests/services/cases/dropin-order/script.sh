L=/usr/lib/systemd/system
printf '[Unit]\nDescription=Lib unit\n[Service]\nExecStart=/bin/sleep 9999\n[Install]\nWantedBy=multi-user.target\n' > $L/t-dio.service
mkdir -p $L/t-dio.service.d /run/systemd/system/t-dio.service.d $U/service.d
printf '[Service]\nEnvironment=A=usrlib10 X=1\n' > $L/t-dio.service.d/10-a.conf
printf '[Service]\nEnvironment=A=run20\n' > /run/systemd/system/t-dio.service.d/20-a.conf
printf '[Service]\nEnvironment=D=type95\n' > $U/service.d/95-t.conf
dr
r systemctl start t-dio
r systemctl show t-dio -p Environment,DropInPaths,NeedDaemonReload
r systemctl cat t-dio
r systemctl status t-dio
r systemctl revert t-dio
ls $U $L /run/systemd/system | grep t-dio
systemctl stop t-dio
rm -rf $L/t-dio* /run/systemd/system/t-dio* $U/service.d $U/t-.service.d; dr

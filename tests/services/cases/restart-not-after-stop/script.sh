systemctl start t-rns; systemctl stop t-rns; p t-rns
systemctl start t-rns; systemctl kill t-rns; w t-rns auto-restart; p t-rns; systemctl stop t-rns
systemctl start t-rns2; kill -9 $(systemctl show -P MainPID t-rns2); w t-rns2 stop-post; p t-rns2 ActiveState,SubState,Result; w t-rns2 auto-restart; p t-rns2 ActiveState,SubState,Result; w t-rns2 running; p t-rns2 ActiveState,SubState,Result,NRestarts

r systemctl start t-dyn
p t-dyn ActiveState,Result,DynamicUser,User
log t-dyn
ls /tmp/t-private
ls -ld /var/lib/t-dyn
systemctl stop t-dyn; rm -rf /var/lib/private/t-dyn /var/lib/t-dyn

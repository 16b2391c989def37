r systemctl start t-dir
cat /run/t-dir/out
stat -c '%n %U %G %a' /run/t-dir /run/t-dir/sub /var/lib/t-dir /var/cache/t-dir /var/log/t-dir /etc/t-dir
r systemctl stop t-dir; ls -d /run/t-dir /var/lib/t-dir
r systemctl start t-dir2; systemctl stop t-dir2; ls /run/t-dir2
touch /var/lib/t-dir3; r systemctl start t-dir3; p t-dir3; log t-dir3
rm -rf /var/lib/t-dir* /var/cache/t-dir /var/log/t-dir /etc/t-dir /run/t-dir2

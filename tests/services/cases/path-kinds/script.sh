waitfor() { local i; for i in $(seq 100); do [ "$(cat "/tmp/t-out.$1" 2>/dev/null | wc -l)" = "$2" ] && break; sleep .1; done; out "$1"; }
mkdir -p /tmp/t-pk; echo a > /tmp/t-pk/mod; echo a > /tmp/t-pk/chg; ln -s chg /tmp/t-pk/link
r systemctl start t-pk1.path t-pk2.path t-pk3.path t-pk4.path
s t-pk1.path t-pk2.path t-pk3.path t-pk4.path
exec 9>>/tmp/t-pk/mod; echo more >&9; waitfor pk1 1; w t-pk1.path waiting; exec 9>&-; waitfor pk1 2
w t-pk1.path waiting
mv /tmp/t-pk/chg /tmp/t-pk/old; waitfor pk2 1; w t-pk2.path waiting
echo new > /tmp/t-pk/chg2; mv /tmp/t-pk/chg2 /tmp/t-pk/chg; waitfor pk2 2; w t-pk2.path waiting
echo more >> /tmp/t-pk/chg; waitfor pk2 3; w t-pk2.path waiting
touch /tmp/t-pk/glob-1; waitfor pk3 1; w t-pk3.path waiting
mkdir -p /tmp/t-pk/a/b; touch /tmp/t-pk/a/b/c; waitfor pk4 1; w t-pk4.path running
s t-pk4.path t-pk4.service
rm -rf /tmp/t-pk/a
systemctl stop t-pk4.service; w t-pk4.path waiting
s t-pk4.path t-pk4.service
log t-pk4.path
r systemctl stop t-pk1.path t-pk2.path t-pk3.path t-pk4.path
rm -rf /tmp/t-pk

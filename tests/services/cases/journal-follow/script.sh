systemctl start t-jfo; sleep .5
echo "\$ journalctl -f"; (timeout 4 journalctl -u t-jfo -f -n 1 -o cat; echo "follow rc=$?") & sleep 1.5; systemctl restart t-jfo; wait

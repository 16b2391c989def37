for i in 1 2 3 4 5; do systemctl start t-ssg$i; done; sleep 1
for i in 1 2; do tm systemctl stop t-ssg$i; p t-ssg$i; log t-ssg$i | sed 's/TERM.*HUP/both/'; done
for i in 3 4; do tm systemctl stop t-ssg$i; p t-ssg$i; log t-ssg$i; done
r systemctl restart t-ssg5; sleep .5; log t-ssg5
pkill -9 -f 'tnotify igterm'; true

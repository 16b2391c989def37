mkdir /tmp/t-pnw
for limit in max_user_watches max_user_instances; do
  before=$(cat /proc/sys/fs/inotify/$limit)
  echo 0 > /proc/sys/fs/inotify/$limit
  r systemctl start t-pnw.path
  p t-pnw.path ActiveState,SubState,Result
  echo "$before" > /proc/sys/fs/inotify/$limit
  log t-pnw.path
  r systemctl status t-pnw.path -n0
  r systemctl start t-pnw.path
  touch /tmp/t-pnw/file
  for i in $(seq 100); do [ -e /tmp/t-pnw/seen ] && break; sleep .1; done
  rs 'ls /tmp/t-pnw'
  r systemctl stop t-pnw.path
  rm /tmp/t-pnw/*
done
rmdir /tmp/t-pnw

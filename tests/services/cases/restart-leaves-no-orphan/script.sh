all(){ for i in $(seq 50); do [ "$(pgrep -fxc 'sleep 993[2-5]')" = 4 ] && break; sleep .1; done; pgrep -fxa 'sleep 993[2-5]' | cut -d' ' -f2- | sort; }
r systemctl start t-no
all
A=$(pgrep -fx 'sleep 993[2-5]' | sort)
r systemctl restart t-no
all
for pid in $A; do [ -e /proc/$pid ] && echo "$pid is left"; done
r systemctl stop t-no
pgrep -fxa 'sleep 993[2-5]'
r systemctl is-active t-no

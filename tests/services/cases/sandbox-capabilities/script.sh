for i in 1 2 3 4; do r systemctl start t-sc$i; log t-sc$i; done
r systemctl show t-sc1 -p CapabilityBoundingSet,AmbientCapabilities
r systemctl show t-sc2 -p AmbientCapabilities

// assets: all equipment with its class and the day it was installed, in one row
MATCH (n:Asset) WHERE n.class IS NOT NULL
RETURN collect([n.id, n.class, n.installed]) AS rows

PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE offices (
	id INTEGER NOT NULL, 
	name VARCHAR(300), 
	timestamp DATETIME, 
	prefix VARCHAR(2), 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO offices VALUES(1,'41','2026-01-01 00:00:00.000000','A');
INSERT INTO offices VALUES(2,'Tax desk','2026-01-01 00:00:00.000000','B');
CREATE TABLE tasks (
	id INTEGER NOT NULL, 
	name VARCHAR(300), 
	timestamp DATETIME, 
	hidden BOOLEAN, 
	PRIMARY KEY (id)
);
INSERT INTO tasks VALUES(1,'Permits','2026-01-01 00:00:00.000000',0);
INSERT INTO tasks VALUES(2,'Owner''s tax','2026-01-01 00:00:00.000000',0);
CREATE TABLE mtasks (
	office_id INTEGER NOT NULL, 
	task_id INTEGER NOT NULL, 
	PRIMARY KEY (office_id, task_id)
);
INSERT INTO mtasks VALUES(1,1);
INSERT INTO mtasks VALUES(2,2);
CREATE TABLE users (
	id INTEGER NOT NULL, 
	name VARCHAR(200), 
	password_hash VARCHAR(128), 
	last_seen DATETIME, 
	role_id INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO users VALUES(1,'Admin','pbkdf2:sha256:invented',NULL,1);
INSERT INTO users VALUES(2,'Dora Invented','pbkdf2:sha256:invented',NULL,3);
CREATE TABLE serials (
	id INTEGER NOT NULL, 
	number INTEGER, 
	timestamp DATETIME, 
	date DATE, 
	name VARCHAR(300), 
	n BOOLEAN, 
	p BOOLEAN, 
	pdt DATETIME, 
	"pulledBy" INTEGER, 
	on_hold BOOLEAN, 
	status VARCHAR(10), 
	office_id INTEGER, 
	task_id INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO serials VALUES(1,100,'2026-11-20 00:00:00.000000','2026-11-20',NULL,0,1,NULL,0,0,'Waiting',1,1);
INSERT INTO serials VALUES(2,101,'2026-11-20 01:00:00.000000','2026-11-20','Jane Invented',1,1,'2026-11-20 01:05:00.250000',2,0,'Processed',1,1);
INSERT INTO serials VALUES(3,102,'2026-11-20 01:01:00.000000','2026-11-20',NULL,0,1,'2026-11-20 01:15:00.000000',2,0,'Unattended',1,1);
INSERT INTO serials VALUES(4,103,'2026-11-20 01:02:00.000000','2026-11-20',NULL,0,1,'2026-11-20 01:17:00.000000',2,0,'Processed',2,2);
INSERT INTO serials VALUES(5,104,'2026-11-20 01:03:00.000000','2026-11-20',NULL,0,0,NULL,0,0,'Waiting',2,2);
COMMIT;

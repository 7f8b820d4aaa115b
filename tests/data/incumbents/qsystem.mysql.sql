-- MySQL dump 10.13  Distrib 5.7.44, for Win64 (x86_64)
CREATE TABLE `services` (
  `id` bigint(20) NOT NULL,
  `name` varchar(2000) NOT NULL COMMENT 'Наименование услуги',
  `service_prefix` varchar(10) DEFAULT '',
  `button_text` varchar(2500) NOT NULL DEFAULT '',
  `status` int(11) NOT NULL DEFAULT '1' COMMENT 'Состояние услуги. 1 - доступна, 0 - недоступна, -1 - невидима.',
  `prent_id` bigint(20) DEFAULT NULL,
  `deleted` date DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `idx_services` (`prent_id`),
  CONSTRAINT `fk_services` FOREIGN KEY (`prent_id`) REFERENCES `services` (`id`)
) ENGINE=InnoDB;
INSERT INTO `services` VALUES (1,'Root of services','-','<html><p align=center><span style=\'color:#DC143C\'>QMS</span>',1,NULL,NULL),(2,'Passports','П','<html>',1,1,NULL),(3,'Parking','C','<html>',1,1,NULL),(4,'Old one','D','<html>',1,1,'2020-01-01');
CREATE TABLE `users` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(150) NOT NULL,
  `password` varchar(45) NOT NULL,
  `point` varchar(45) NOT NULL,
  `adress_rs` smallint(6) NOT NULL DEFAULT '0',
  `enable` int(11) NOT NULL DEFAULT '1',
  `admin_access` tinyint(1) NOT NULL DEFAULT '0',
  `report_access` tinyint(1) NOT NULL DEFAULT '0',
  `deleted` date DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `users` VALUES (1,'Administrator','','1',32,1,1,1,NULL),(2,'Ivan Invented','c2VjcmV0','12',33,1,0,0,NULL),(3,'Olga Invented','c2VjcmV0','12',33,1,0,0,NULL),(4,'Gone Invented','c2VjcmV0','13',34,1,0,0,'2020-01-01');
CREATE TABLE `services_users` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `service_id` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `coefficient` int(11) NOT NULL DEFAULT '1',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `services_users` VALUES (1,2,2,1),(2,3,3,1),(3,2,4,1);
CREATE TABLE `clients` (
  `id` bigint(20) NOT NULL,
  `service_id` bigint(20) NOT NULL,
  `user_id` bigint(20) NOT NULL,
  `service_prefix` varchar(45) NOT NULL,
  `number` int(11) NOT NULL,
  `stand_time` datetime NOT NULL,
  `start_time` datetime NOT NULL,
  `finish_time` datetime NOT NULL,
  `clients_authorization_id` bigint(20) DEFAULT NULL,
  `result_id` bigint(20) DEFAULT NULL,
  `input_data` varchar(150) NOT NULL DEFAULT '',
  `state_in` int(11) NOT NULL DEFAULT '0',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `clients` VALUES (1416,2,2,'П',1,'2026-11-20 09:00:00','2026-11-20 09:04:00','2026-11-20 09:10:00',NULL,1,'Ivanov Ivan 4509 123456',10),(1417,3,3,'C',2,'2026-11-20 09:01:00','2026-11-20 09:10:30','2026-11-20 09:12:00',NULL,NULL,'',0),(1418,2,2,'П',3,'2026-11-20 09:02:00','2026-11-20 09:11:00','2026-11-20 09:20:00',NULL,NULL,'',11);

-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: db    Database: novosga
-- ------------------------------------------------------
/*!40101 SET NAMES utf8mb4 */;

DROP TABLE IF EXISTS `clientes`;
CREATE TABLE `clientes` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `nome` varchar(60) COLLATE utf8mb4_unicode_ci NOT NULL,
  `documento` varchar(30) COLLATE utf8mb4_unicode_ci NOT NULL,
  `email` varchar(80) COLLATE utf8mb4_unicode_ci DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `clientes` VALUES (1,'Zé d\'Invenção','52998224725','ze@invented.example');

CREATE TABLE `unidades` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `nome` varchar(50) NOT NULL,
  `descricao` varchar(250) NOT NULL,
  `ativo` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `unidades` VALUES (1,'Posto Um','',1),(2,'Posto Dois','',1);

CREATE TABLE `prioridades` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `nome` varchar(64) NOT NULL,
  `descricao` varchar(100) NOT NULL,
  `peso` smallint(6) NOT NULL,
  `ativo` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `prioridades` VALUES (1,'Sem prioridade','Normal',0,1),(2,'Idoso','Prioridade',1,1);

CREATE TABLE `servicos` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `macro_id` int(11) DEFAULT NULL,
  `nome` varchar(50) NOT NULL,
  `descricao` varchar(250) NOT NULL,
  `ativo` tinyint(1) NOT NULL,
  `peso` smallint(6) NOT NULL,
  `deleted_at` datetime DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `IDX_89DD09E3F43A187E` (`macro_id`)
) ENGINE=InnoDB;
INSERT INTO `servicos` VALUES (1,NULL,'社会保险登记变更/注销','',1,1,NULL),(2,NULL,'Segunda via; taxa','',1,1,NULL),(3,NULL,'Alvará','',0,1,NULL),(4,NULL,'Só no Posto Dois','',1,1,NULL);

CREATE TABLE `servicos_unidades` (
  `servico_id` int(11) NOT NULL,
  `unidade_id` int(11) NOT NULL,
  `local_id` int(11) DEFAULT NULL,
  `sigla` varchar(3) NOT NULL,
  `ativo` tinyint(1) NOT NULL,
  PRIMARY KEY (`servico_id`,`unidade_id`)
) ENGINE=InnoDB;
INSERT INTO `servicos_unidades` VALUES (1,1,1,'A',1),(2,1,1,'B',1),(3,1,1,'C',1),(4,2,1,'D',1);

CREATE TABLE `usuarios` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `login` varchar(30) NOT NULL,
  `nome` varchar(20) NOT NULL,
  `sobrenome` varchar(100) NOT NULL,
  `email` varchar(150) DEFAULT NULL,
  `senha` varchar(128) NOT NULL,
  `ativo` tinyint(1) NOT NULL,
  `admin` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `usuarios` VALUES (1,'admin','Ada','Inventada',NULL,'$2y$13$invented.hash',1,1),(2,'0017','Bia','Inventada','bia@invented.example','$2y$13$invented.hash',1,0),(3,'caio.inventado','Caio','Inventado',NULL,'$2y$13$invented.hash',1,0);

CREATE TABLE `atendimentos` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `cliente_id` int(11) DEFAULT NULL,
  `unidade_id` int(11) DEFAULT NULL,
  `servico_id` int(11) DEFAULT NULL,
  `prioridade_id` int(11) DEFAULT NULL,
  `usuario_id` int(11) DEFAULT NULL,
  `num_local` smallint(6) DEFAULT NULL,
  `dt_cheg` datetime NOT NULL,
  `dt_cha` datetime DEFAULT NULL,
  `dt_ini` datetime DEFAULT NULL,
  `dt_fim` datetime DEFAULT NULL,
  `status` varchar(25) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `atendimentos` VALUES (99,NULL,1,1,1,NULL,NULL,'2026-11-20 11:00:00',NULL,NULL,NULL,'emitida');

CREATE TABLE `historico_atendimentos` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `cliente_id` int(11) DEFAULT NULL,
  `unidade_id` int(11) DEFAULT NULL,
  `servico_id` int(11) DEFAULT NULL,
  `prioridade_id` int(11) DEFAULT NULL,
  `usuario_id` int(11) DEFAULT NULL,
  `num_local` smallint(6) DEFAULT NULL,
  `dt_cheg` datetime NOT NULL,
  `dt_cha` datetime DEFAULT NULL,
  `dt_ini` datetime DEFAULT NULL,
  `dt_fim` datetime DEFAULT NULL,
  `status` varchar(25) NOT NULL,
  `observacao` longtext,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `historico_atendimentos` VALUES
(1,1,1,1,1,2,1,'2026-11-20 09:00:00','2026-11-20 09:05:00','2026-11-20 09:05:40','2026-11-20 09:12:00','encerrado','Zé; (pediu \"cópia\")'),
(2,NULL,1,2,2,3,7,'2026-11-20 09:01:00','2026-11-20 09:06:00','2026-11-20 09:06:30','2026-11-20 09:27:00','encerrado',NULL),
(3,NULL,1,2,1,3,7,'2026-11-20 09:02:00','2026-11-20 09:28:00',NULL,'2026-11-20 09:31:00','nao_compareceu',NULL),
(4,NULL,1,1,1,NULL,NULL,'2026-11-20 09:03:00',NULL,NULL,'2026-11-20 09:20:00','cancelada',NULL),
(5,NULL,1,1,1,2,1,'2026-11-20 09:04:00','2026-11-20 09:13:00','2026-11-20 09:13:20','2026-11-20 09:14:00','erro_triagem',NULL),
(6,NULL,1,1,1,NULL,NULL,'2026-11-20 16:59:00',NULL,NULL,NULL,'emitida',NULL),
(7,NULL,1,1,1,2,1,'2026-11-20 10:00:00','2026-11-20 09:59:00','2026-11-20 10:01:00','2026-11-20 10:05:00','encerrado',NULL),
(8,NULL,2,4,1,2,1,'2026-11-20 10:00:00','2026-11-20 10:01:00','2026-11-20 10:01:00','2026-11-20 10:05:00','encerrado',NULL);

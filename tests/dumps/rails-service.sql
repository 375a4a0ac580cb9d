/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: chat_development
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `applications`
--

DROP TABLE IF EXISTS `applications`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `applications` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `name` varchar(255) DEFAULT NULL,
  `access_token` varchar(255) DEFAULT NULL,
  `chat_count` int(11) DEFAULT 0,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `index_applications_on_access_token` (`access_token`)
) ENGINE=InnoDB AUTO_INCREMENT=6 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `applications`
--

LOCK TABLES `applications` WRITE;
/*!40000 ALTER TABLE `applications` DISABLE KEYS */;
INSERT INTO `applications` VALUES
(1,'Acme','DpkYXcuiwQwK76i3XGQWRcK1',99,'2022-08-09 22:17:01.007919','2022-08-09 22:17:02.015838'),
(2,'O\'Neill \"& Sons\" \\ 🦀','7dPq3mWv9LkR2sXbYt5NcAhE',99,'2022-08-09 22:17:03.023757','2022-08-09 22:17:04.031676'),
(5,'empty','Euij7E5tkWpaw9UqaAFixGJC',99,'2022-08-09 22:17:05.039595','2022-08-09 22:17:06.047514');
/*!40000 ALTER TABLE `applications` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `chats`
--

DROP TABLE IF EXISTS `chats`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `chats` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `number` int(11) DEFAULT NULL,
  `application_id` bigint(20) NOT NULL,
  `message_count` int(11) DEFAULT 0,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `index_chats_on_application_id` (`application_id`),
  CONSTRAINT `fk_chats` FOREIGN KEY (`application_id`) REFERENCES `applications` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=8 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `chats`
--

LOCK TABLES `chats` WRITE;
/*!40000 ALTER TABLE `chats` DISABLE KEYS */;
INSERT INTO `chats` VALUES
(1,1,1,0,'2022-08-09 22:17:07.055433','2022-08-09 22:17:08.063352'),
(2,2,1,0,'2022-08-09 22:17:09.071271','2022-08-09 22:17:10.079190'),
(3,1,2,0,'2022-08-09 22:17:11.087109','2022-08-09 22:17:12.095028'),
(7,4,1,0,'2022-08-09 22:17:13.102947','2022-08-09 22:17:14.110866');
/*!40000 ALTER TABLE `chats` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `messages`
--

DROP TABLE IF EXISTS `messages`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `messages` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `number` int(11) DEFAULT NULL,
  `body` text DEFAULT NULL,
  `chat_id` bigint(20) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `updated_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `index_messages_on_chat_id` (`chat_id`),
  CONSTRAINT `fk_messages` FOREIGN KEY (`chat_id`) REFERENCES `chats` (`id`)
) ENGINE=InnoDB AUTO_INCREMENT=25 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `messages`
--

LOCK TABLES `messages` WRITE;
/*!40000 ALTER TABLE `messages` DISABLE KEYS */;
INSERT INTO `messages` VALUES
(1,1,'The quick brown fox',1,'2022-08-09 22:17:15.118785','2022-08-09 22:17:16.126704'),
(2,1,'it\'s a \"quote\" and a back\\slash, a `tick`',3,'2022-08-09 22:17:17.134623','2022-08-09 22:17:18.142542'),
(3,2,'one\ntwo\r\nthree	tab',1,'2022-08-09 22:17:19.150461','2022-08-09 22:17:20.158380'),
(4,1,'\0\Z end of file?',2,'2022-08-09 22:17:21.166299','2022-08-09 22:17:22.174218'),
(5,4,'🦀 Привет, 世界 — naïve café',1,'2022-08-09 22:17:23.182137','2022-08-09 22:17:24.190056'),
(6,2,'a),(7,\'b\',NULL);-- /* no comment */ #',3,'2022-08-09 22:17:25.197975','2022-08-09 22:17:26.205894'),
(7,3,'%_*?{}[]',3,'2022-08-09 22:17:27.213813','2022-08-09 22:17:28.221732'),
(8,5,'INSERT INTO `messages` VALUES (1);',1,'2022-08-09 22:17:29.229651','2022-08-09 22:17:30.237570'),
(9,2,'\\\'',2,'2022-08-09 22:17:31.245489','2022-08-09 22:17:32.253408'),
(10,6,'  spaces  ',1,'2022-08-09 22:17:33.261327','2022-08-09 22:17:34.269246'),
(11,7,'The quick brown fox',1,'2022-08-09 22:17:35.277165','2022-08-09 22:17:36.285084'),
(12,4,'it\'s a \"quote\" and a back\\slash, a `tick`',3,'2022-08-09 22:17:37.293003','2022-08-09 22:17:38.300922'),
(13,8,'one\ntwo\r\nthree	tab',1,'2022-08-09 22:17:39.308841','2022-08-09 22:17:40.316760'),
(14,5,'\0\Z end of file?',3,'2022-08-09 22:17:41.324679','2022-08-09 22:17:42.332598'),
(15,9,'🦀 Привет, 世界 — naïve café',1,'2022-08-09 22:17:43.340517','2022-08-09 22:17:44.348436'),
(16,3,'a),(7,\'b\',NULL);-- /* no comment */ #',2,'2022-08-09 22:17:45.356355','2022-08-09 22:17:46.364274'),
(17,10,'%_*?{}[]',1,'2022-08-09 22:17:47.372193','2022-08-09 22:17:48.380112'),
(18,6,'INSERT INTO `messages` VALUES (1);',3,'2022-08-09 22:17:49.388031','2022-08-09 22:17:50.395950'),
(19,7,'\\\'',3,'2022-08-09 22:17:51.403869','2022-08-09 22:17:52.411788'),
(20,11,'  spaces  ',1,'2022-08-09 22:17:53.419707','2022-08-09 22:17:54.427626'),
(21,4,'The quick brown fox',2,'2022-08-09 22:17:55.435545','2022-08-09 22:17:56.443464'),
(22,12,'it\'s a \"quote\" and a back\\slash, a `tick`',1,'2022-08-09 22:17:57.451383','2022-08-09 22:17:58.459302'),
(23,13,'one\ntwo\r\nthree	tab',1,'2022-08-09 22:17:59.467221','2022-08-09 22:18:00.475140'),
(24,8,'\0\Z end of file?',3,'2022-08-09 22:18:01.483059','2022-08-09 22:18:02.490978');
/*!40000 ALTER TABLE `messages` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `schema_migrations`
--

DROP TABLE IF EXISTS `schema_migrations`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `schema_migrations` (
  `version` varchar(255) NOT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `schema_migrations`
--

LOCK TABLES `schema_migrations` WRITE;
/*!40000 ALTER TABLE `schema_migrations` DISABLE KEYS */;
INSERT INTO `schema_migrations` VALUES
('20220807183600');
/*!40000 ALTER TABLE `schema_migrations` ENABLE KEYS */;
UNLOCK TABLES;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-25  2:43:28

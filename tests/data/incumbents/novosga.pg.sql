--
-- PostgreSQL database dump
--
SET standard_conforming_strings = on;

CREATE TABLE public.unidades (
    id integer NOT NULL,
    nome character varying(50) NOT NULL
);
CREATE TABLE public.historico_atendimentos (
    id integer NOT NULL,
    unidade_id integer,
    servico_id integer,
    status character varying(25) NOT NULL
);

COPY public.unidades (id, nome) FROM stdin;
1	C:\\Posto\tUm
\.

COPY public.servicos (id, nome, ativo, deleted_at) FROM stdin;
1	Cadastro; geral	t	\N
\.

COPY public.servicos_unidades (servico_id, unidade_id, sigla, ativo) FROM stdin;
1	1	C	t
\.

COPY public.usuarios (id, login, nome, sobrenome, senha, ativo, admin) FROM stdin;
2	bia	Bia	Inventada	$2y$13$invented.hash	t	f
\.

COPY public.historico_atendimentos (id, unidade_id, servico_id, prioridade_id, usuario_id, num_local, dt_cheg, dt_cha, dt_ini, dt_fim, status) FROM stdin;
1	1	1	\N	2	3	2026-11-20 09:00:00	2026-11-20 09:05:00	2026-11-20 09:05:40	2026-11-20 09:12:00	encerrado
\.
ALTER TABLE ONLY public.unidades ADD CONSTRAINT unidades_pkey PRIMARY KEY (id);

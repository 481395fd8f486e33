-- Orleans' ADO.NET providers look their statements up here by key; parameters and result columns are fixed by the providers.
-- Rows that are there already stay: an operator may have installed Orleans' own scripts.
CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey  varchar(64)   NOT NULL PRIMARY KEY,
    QueryText varchar(8000) NOT NULL
);

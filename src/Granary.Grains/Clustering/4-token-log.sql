-- The token log: turns, and their records while they are open. A closed turn has its records in one value.
CREATE TABLE IF NOT EXISTS GranaryTurn
(
    Id       bigint GENERATED ALWAYS AS IDENTITY,
    Service  varchar(150) NOT NULL,
    Owner    text         NOT NULL,
    Turn     integer      NOT NULL,
    Epoch    bigint       NOT NULL,
    Silo     text         NOT NULL,
    Request  bytea,
    Records  bytea,
    Closed   boolean      NOT NULL DEFAULT false,
    Expires  timestamptz,
    PRIMARY KEY (Service, Owner, Turn)
);

CREATE INDEX IF NOT EXISTS GranaryTurnOpen ON GranaryTurn (Service) WHERE NOT Closed;
CREATE INDEX IF NOT EXISTS GranaryTurnExpires ON GranaryTurn (Expires) WHERE Expires IS NOT NULL;

-- Without a foreign key: its check would cost every record a look-up and a lock.
CREATE TABLE IF NOT EXISTS GranaryTurnRecord
(
    Turn   bigint  NOT NULL,
    Record integer NOT NULL,
    Data   bytea   NOT NULL,
    PRIMARY KEY (Turn, Record)
);

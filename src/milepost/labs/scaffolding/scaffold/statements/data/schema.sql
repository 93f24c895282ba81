CREATE TABLE lamps (
    name varchar(100) PRIMARY KEY,
    price integer NOT NULL,
    stock integer NOT NULL
);

CREATE TABLE lamps (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    price integer NOT NULL,
    stock integer NOT NULL
);

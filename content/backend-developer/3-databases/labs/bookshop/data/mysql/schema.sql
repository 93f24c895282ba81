-- The bookshop as its learners find it in MariaDB. Rows come from `seed` in the checks.

CREATE TABLE authors (
    id integer AUTO_INCREMENT PRIMARY KEY,
    name varchar(100) NOT NULL,
    country varchar(100) NOT NULL
);

CREATE TABLE books (
    id integer AUTO_INCREMENT PRIMARY KEY,
    isbn varchar(20) NOT NULL UNIQUE,
    title varchar(200) NOT NULL,
    author_id integer NOT NULL,
    price decimal(8, 2) NOT NULL CHECK (price > 0),
    stock integer NOT NULL DEFAULT 0 CHECK (stock >= 0),
    published date NOT NULL,
    FOREIGN KEY (author_id) REFERENCES authors (id)
);

CREATE TABLE customers (
    id integer AUTO_INCREMENT PRIMARY KEY,
    name varchar(100) NOT NULL,
    email varchar(200) NOT NULL UNIQUE,
    city varchar(100) NOT NULL
);

CREATE TABLE orders (
    id integer AUTO_INCREMENT PRIMARY KEY,
    customer_id integer,
    placed_on date NOT NULL,
    status varchar(20) NOT NULL CHECK (status IN ('basket', 'paid', 'shipped', 'cancelled')),
    FOREIGN KEY (customer_id) REFERENCES customers (id)
);

CREATE TABLE order_lines (
    order_id integer NOT NULL,
    book_id integer NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    price decimal(8, 2) NOT NULL CHECK (price > 0),
    PRIMARY KEY (order_id, book_id),
    FOREIGN KEY (order_id) REFERENCES orders (id),
    FOREIGN KEY (book_id) REFERENCES books (id)
);

CREATE TABLE reviews (
    id integer AUTO_INCREMENT PRIMARY KEY,
    book_id integer,
    customer_id integer,
    stars integer,
    written_on date
);

CREATE TABLE arrivals (
    isbn varchar(20),
    title varchar(200),
    author_id integer,
    price decimal(8, 2),
    copies integer,
    published date
);

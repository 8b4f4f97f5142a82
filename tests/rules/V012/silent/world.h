int world;

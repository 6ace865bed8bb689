//! Reads a data file through the client: see ../README.md.

use dragoman::Json;
use std::io::{BufRead, BufReader};

pub struct MLPlay;

impl dragoman::MLPlay for MLPlay {
    fn new(_init_args: &Json) -> Self {
        MLPlay
    }

    fn update(&mut self, scene: &Json) -> Json {
        let file = dragoman::open_data(scene["path"].as_str().unwrap()).unwrap();
        BufReader::new(file).lines().next().unwrap().unwrap().into()
    }

    fn reset(&mut self) {}
}

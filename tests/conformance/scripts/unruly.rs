//! Does what the scene's key `do` says: see tests/conformance/README.md.

use dragoman::{object, Json};
use std::io::Write;
use std::process::exit;
use std::thread::sleep;
use std::time::Duration;

pub struct MLPlay {
    init_args: Json,
    on_reset: String,
}

impl dragoman::MLPlay for MLPlay {
    fn new(init_args: &Json) -> Self {
        match init_args["dragoman"]["params"]["init"].as_str() {
            Some("raise") => panic!("raised in the constructor"),
            Some("hang") => hang(),
            Some("exit") => exit(7),
            Some("print") => println!("constructed"),
            _ => {}
        }
        MLPlay { init_args: init_args.clone(), on_reset: String::new() }
    }

    fn update(&mut self, scene: &Json) -> Json {
        let text = |key: &str| scene[key].as_str().unwrap_or("");
        if let Some(vice) = scene["on_reset"].as_str() {
            self.on_reset = vice.to_string();
        }
        let value = scene["value"].clone();
        match text("do") {
            "print" => println!("{}", text("text")),
            "stderr" => eprintln!("{}", text("text")),
            "flood" => flood(text("stream"), scene["bytes"].as_i64().unwrap_or(0) as usize),
            "raise" => panic!("{}", text("text")),
            "exit" => exit(scene["code"].as_i64().unwrap_or(0) as i32),
            "segfault" => unsafe { std::ptr::null_mut::<i32>().write_volatile(1) },
            "abort" => std::process::abort(),
            "hang" => hang(),
            "busy" => loop {
                std::hint::spin_loop();
            },
            "sleep" => sleep(Duration::from_secs_f64(scene["seconds"].as_f64().unwrap_or(0.0))),
            "drip" => loop {
                println!("drip");
                sleep(Duration::from_millis(20));
            },
            "log" => dragoman::log(text("level"), text("text")),
            "call" => {
                return match dragoman::call(text("method"), &scene["params"]) {
                    Ok(value) => value,
                    Err(error) => object! {"error": error.code},
                }
            }
            "twice" => dragoman::send_command(&value),
            "init" => return self.init_args.clone(),
            "scene" => return scene.clone(),
            _ => {}
        }
        value
    }

    fn reset(&mut self) {
        match self.on_reset.as_str() {
            "raise" => panic!("raised in reset"),
            "exit" => exit(7),
            "hang" => hang(),
            _ => self.on_reset.clear(),
        }
    }
}

fn hang() {
    loop {
        sleep(Duration::from_secs(3600));
    }
}

fn flood(stream: &str, bytes: usize) {
    let line = format!("{}\n", "x".repeat(79));
    let text = line.repeat(bytes / 80 + 1);
    let text = &text.as_bytes()[..bytes];
    if stream == "stderr" {
        std::io::stderr().write_all(text).unwrap();
    } else {
        std::io::stdout().write_all(text).unwrap();
        std::io::stdout().flush().unwrap();
    }
}

dragoman::verbs![add, again];

fn add(a: f64, b: f64) -> f64 {
    a + b
}

fn again(method: String, params: Json) -> Json {
    dragoman::call(&method, params).unwrap_or_else(|error| panic!("{}", error))
}

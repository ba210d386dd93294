//! Native code in Rust that Python calls and that calls Python; loaded with ctypes.
use std::hint::black_box;

mod inner {
    pub trait Waits {
        fn wait(&self, call: extern "C" fn(i32) -> i32, n: i32) -> i32;
    }

    impl<T: Copy + Into<i64>> Waits for Vec<T> {
        #[inline(never)]
        fn wait(&self, call: extern "C" fn(i32) -> i32, n: i32) -> i32 {
            super::black_box(call(n)) + self.len() as i32
        }
    }
}

#[inline(never)]
fn each<F: Fn(i32) -> i32>(f: F, n: i32) -> i32 {
    black_box(f(n)) + 1
}

#[no_mangle]
pub extern "C" fn rusty(call: extern "C" fn(i32) -> i32, n: i32) -> i32 {
    use inner::Waits;
    let numbers: Vec<i32> = vec![n; 3];
    black_box(each(|k| black_box(numbers.wait(call, k)) + 1, n)) + 1
}

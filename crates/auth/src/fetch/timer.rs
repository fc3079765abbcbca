//! Waiting, by `setTimeout`.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use js_sys::{Array, Function};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};

use super::script;

/// The longest that `setTimeout` keeps to, in milliseconds: about 24.8 days. More would end at once.
const LONGEST: u32 = i32::MAX as u32;

/// Ends after a while. Dropped before, it is taken back.
pub(super) struct Timer {
    state: Rc<RefCell<State>>,
    id: JsValue,
    _callback: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    over: bool,
    waker: Option<Waker>,
}

impl Timer {
    /// Nothing where the runtime has no timers, as workerd while it loads a module.
    pub(super) fn new(duration: Duration) -> Option<Self> {
        let state = Rc::<RefCell<State>>::default();
        let shared = state.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            let waker = {
                let mut state = shared.borrow_mut();
                state.over = true;
                state.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        // Rounded up: what waits must not look too early.
        let millis = u32::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(LONGEST).min(LONGEST);
        let function: &Function = callback.as_ref().unchecked_ref();
        let arguments = Array::of2(function, &JsValue::from_f64(f64::from(millis)));
        let id = script::call(&js_sys::global(), "setTimeout", &arguments)?.ok()?;
        Some(Self { state, id, _callback: callback })
    }

    /// What the work comes to; nothing where the time is over before.
    pub(super) async fn limit<T>(self, work: impl Future<Output = T>) -> Option<T> {
        let (mut work, mut timer) = (pin!(work), self);
        poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => Pin::new(&mut timer).poll(context).map(|()| None),
        })
        .await
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.borrow_mut();
        if state.over {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // The callback is dropped with this: called later, it would throw.
        let _ = script::call(&js_sys::global(), "clearTimeout", &Array::of1(&self.id));
    }
}

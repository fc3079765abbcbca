//! Timers over `setTimeout`.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use js_sys::{Array, Function};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};

use super::js_value;

/// Maximum delay of `setTimeout` in milliseconds, about 24.8 days. A longer delay would end at once.
const MAX_MILLIS: u32 = i32::MAX as u32;

/// A future that completes after a delay. Dropping it cancels the timer.
pub(super) struct JsTimer {
    state: Rc<RefCell<JsTimerState>>,
    id: JsValue,
    _callback: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct JsTimerState {
    is_elapsed: bool,
    waker: Option<Waker>,
}

impl JsTimer {
    /// Starts a timer. `None` if the runtime has no timers, as in workerd while it loads a module.
    pub(super) fn new(duration: Duration) -> Option<Self> {
        let state = Rc::<RefCell<JsTimerState>>::default();
        let shared = state.clone();
        let callback = Closure::<dyn FnMut()>::new(move || {
            let waker = {
                let mut state = shared.borrow_mut();
                state.is_elapsed = true;
                state.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        // Rounded up, so that the timer never fires early.
        let millis = u32::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(MAX_MILLIS).min(MAX_MILLIS);
        let function: &Function = callback.as_ref().unchecked_ref();
        let arguments = Array::of2(function, &JsValue::from_f64(f64::from(millis)));
        let id = js_value::call_method(&js_sys::global(), "setTimeout", &arguments)?.ok()?;
        Some(Self { state, id, _callback: callback })
    }

    /// Waits for a future. `None` if the timer fires first.
    pub(super) async fn with_timeout<T>(self, future: impl Future<Output = T>) -> Option<T> {
        let (mut future, mut timer) = (pin!(future), self);
        poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => Pin::new(&mut timer).poll(context).map(|()| None),
        })
        .await
    }
}

impl Future for JsTimer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.borrow_mut();
        if state.is_elapsed {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for JsTimer {
    fn drop(&mut self) {
        // The callback is dropped now, so a later call would throw.
        let _ = js_value::call_method(&js_sys::global(), "clearTimeout", &Array::of1(&self.id));
    }
}

// SPDX-License-Identifier: Apache-2.0

use crate::abi::{self, *};
use crate::border::{self, guarded, quiet};
use crate::labelled_examples::{LabelledExamplesLaw, LawTable};
use crate::{random, Creation, Error, Schema};
use std::ffi::c_void;
use std::os::raw::c_char;

/// A (generalised) hidden Markov model.
pub struct HiddenMarkovModel {
    pub states: usize,
    pub tokens: usize,
    /// `[tokens, states, states]`: P(emit x, go to j | state i).
    pub transition: Vec<f64>,
    /// `[states]`
    pub start: Vec<f64>,
    /// `[states]`, or empty for an HMM: all ones.
    pub right: Vec<f64>,
}

impl HiddenMarkovModel {
    /// With every probability 0.
    pub fn new(states: usize, tokens: usize) -> HiddenMarkovModel {
        let transition = vec![0.0; tokens * states * states];
        HiddenMarkovModel { states, tokens, transition, start: vec![0.0; states], right: Vec::new() }
    }

    /// P(emit `token`, go to `to` | state `from`)
    pub fn at(&mut self, token: usize, from: usize, to: usize) -> &mut f64 {
        &mut self.transition[(token * self.states + from) * self.states + to]
    }
}

/// A request for the samples `[first, first + count)` of a view.
pub struct FillRequest<'a>(&'a induct_source_fill);

impl FillRequest<'_> {
    pub fn view(&self) -> u32 {
        self.0.view
    }

    pub fn seed(&self) -> u64 {
        self.0.seed
    }

    pub fn first(&self) -> u64 {
        self.0.first
    }

    pub fn count(&self) -> usize {
        self.0.count as usize
    }

    pub fn length(&self) -> usize {
        self.0.length as usize
    }

    /// The data of an int32 tensor, every element to be written; empty when it is not wanted.
    pub fn int32(&self, index: usize) -> &mut [i32] {
        self.data(index)
    }

    /// The data of a float32 tensor, every element to be written; empty when it is not wanted.
    pub fn float32(&self, index: usize) -> &mut [f32] {
        self.data(index)
    }

    #[allow(clippy::mut_from_ref)]
    fn data<Element>(&self, index: usize) -> &mut [Element] {
        // SAFETY: the host lists `tensor_count` tensors of the schema's types and lends them for this call alone.
        unsafe {
            let tensors = border::slice(self.0.tensors, self.0.tensor_count as usize);
            match tensors.get(index).and_then(|tensor| tensor.as_ref()) {
                Some(tensor) => border::slice_mut(tensor.data as *mut Element, border::tensor_count(tensor)),
                None => &mut [],
            }
        }
    }

    /// Word `word` of the random stream of sample `first() + sample`, for draws of `kind` (below 256).
    pub fn word(&self, sample: usize, kind: u32, word: u64) -> u32 {
        random::word(self.seed(), random::purpose(self.view(), kind), self.first() + sample as u64, word)
    }
}

/// A source. Sample i of a view is a pure function of (configuration, seed, view, i); see source.h.
pub trait Source: Sized + Send + Sync + 'static {
    const NAME: &'static str;
    const SUMMARY: &'static str;
    /// The JSON of abi.h: parameters, children, examples.
    const CONFIG: &'static str;

    fn new(creation: &Creation) -> Result<Self, Error>;
    fn schema(&self) -> &Schema;
    /// Writes every element of every wanted tensor.
    fn fill(&self, request: &FillRequest) -> Result<(), Error>;
    /// The transition tensors, from which the host derives theory, beliefs and mixtures.
    fn hidden_markov_model(&self) -> Option<&HiddenMarkovModel> {
        None
    }
    /// How labelled examples are drawn, from which the host derives their theory.
    fn labelled_examples(&self) -> Option<&LabelledExamplesLaw> {
        None
    }
}

#[repr(C)]
struct Instance<S> {
    table: induct_source,
    hmm: induct_source_hmm,
    examples: Option<LawTable>,
    source: S,
}

struct Views([induct_view; 2]);
// SAFETY: constant.
unsafe impl Sync for Views {}

static VIEWS: Views = Views([
    induct_view { struct_size: 24, reserved: 0, name: b"train\0".as_ptr() as *const c_char, count: 0 },
    induct_view { struct_size: 24, reserved: 0, name: b"test\0".as_ptr() as *const c_char, count: 0 },
]);

pub(crate) extern "C" fn create<S: Source>(
    call: *const induct_create, result: *mut *const c_void, error: *mut induct_error,
) -> Status {
    guarded(error, || {
        // SAFETY: the host's call struct and place for the result are valid for the call.
        let source = S::new(&Creation::new(&unsafe { border::known(call) })?)?;
        let mut instance = Box::new(Instance { table: table::<S>(), hmm: empty_model(), examples: None, source });
        if let Some(model) = instance.source.hidden_markov_model() {
            let right = if model.right.is_empty() { std::ptr::null() } else { model.right.as_ptr() };
            instance.hmm = induct_source_hmm {
                struct_size: abi::size_of::<induct_source_hmm>(),
                states: model.states as u32,
                tokens: model.tokens as u32,
                component_count: 0,
                transition: model.transition.as_ptr(),
                start: model.start.as_ptr(),
                right,
                component_of_state: std::ptr::null(),
            };
        }
        if let Some(law) = instance.source.labelled_examples() {
            instance.examples = Some(LawTable::new(law)?);
        }
        let instance = Box::into_raw(instance);
        // SAFETY: made above, and nobody else has it yet.
        unsafe {
            (*instance).table.instance = instance as *mut c_void;
            *result = instance as *const c_void;
        }
        Ok(())
    })
}

fn empty_model() -> induct_source_hmm {
    induct_source_hmm {
        struct_size: 0,
        states: 0,
        tokens: 0,
        component_count: 0,
        transition: std::ptr::null(),
        start: std::ptr::null(),
        right: std::ptr::null(),
        component_of_state: std::ptr::null(),
    }
}

fn table<S: Source>() -> induct_source {
    induct_source {
        struct_size: abi::size_of::<induct_source>(),
        reserved: 0,
        instance: std::ptr::null_mut(),
        destroy: Some(destroy::<S>),
        schema: Some(schema::<S>),
        view: Some(view),
        fill: Some(fill::<S>),
        get_extension: Some(get_extension::<S>),
    }
}

/// # Safety
/// `handle` came from `create::<S>` and was not destroyed.
unsafe fn of<'a, S>(handle: *const induct_source) -> &'a Instance<S> {
    &*((*handle).instance as *const Instance<S>)
}

extern "C" fn destroy<S: Source>(handle: *const induct_source) {
    // SAFETY: the host destroys each instance once.
    quiet((), || unsafe { drop(Box::from_raw((*handle).instance as *mut Instance<S>)) })
}

extern "C" fn schema<S: Source>(handle: *const induct_source) -> *const induct_schema {
    // SAFETY: the handle is ours.
    quiet(std::ptr::null(), || unsafe { of::<S>(handle).source.schema().table() })
}

extern "C" fn view(_: *const induct_source, index: u32) -> *const induct_view {
    VIEWS.0.get(index as usize).map_or(std::ptr::null(), |view| view as *const induct_view)
}

extern "C" fn fill<S: Source>(
    handle: *const induct_source, call: *const induct_source_fill, error: *mut induct_error,
) -> Status {
    // SAFETY: the handle is ours, the call is valid for the call.
    guarded(error, || unsafe { of::<S>(handle).source.fill(&FillRequest(&border::known(call))) })
}

extern "C" fn get_extension<S: Source>(handle: *const induct_source, id: *const c_char) -> *const c_void {
    // SAFETY: the handle is ours, the id ends with a NUL.
    quiet(std::ptr::null(), || unsafe {
        let instance = of::<S>(handle);
        match (border::text(id).as_str(), &instance.examples) {
            ("induct.source.hmm/1", _) if instance.hmm.struct_size > 0 => {
                &instance.hmm as *const induct_source_hmm as *const c_void
            }
            ("induct.source.labelled-examples/1", Some(law)) => {
                &law.table as *const induct_source_labelled_examples as *const c_void
            }
            _ => std::ptr::null(),
        }
    })
}

// SPDX-License-Identifier: Apache-2.0

use crate::abi::{self, *};
use crate::border::{self, guarded, quiet};
use crate::{Creation, Error};
use std::ffi::{c_void, CString};

/// A result: a scalar (one value, no axis), or a curve over an axis. Values that do not exist are NaN.
pub struct Metric {
    /// snake_case
    pub name: String,
    /// "nats"; empty = none
    pub unit: String,
    pub values: Vec<f64>,
    /// As many as values, or none.
    pub standard_errors: Vec<f64>,
    /// "position" for curves; empty for scalars.
    pub axis: String,
}

/// What an evaluator has seen of the samples.
pub trait Accumulator: Sized + Send + 'static {
    fn consume(&mut self, batch: &EvaluationBatch) -> Result<(), Error>;
    /// Adds what `other` has seen.
    fn merge(&mut self, other: &Self) -> Result<(), Error>;
    fn finish(&self) -> Result<Vec<Metric>, Error>;
}

/// An evaluator: what it needs, and how it starts.
pub trait Evaluator: Sized + Send + Sync + 'static {
    const NAME: &'static str;
    const SUMMARY: &'static str;
    /// The JSON of abi.h: parameters, children, examples.
    const CONFIG: &'static str;
    /// ITEM_... flags of `abi`.
    const ITEMS: u32;
    type Accumulator: Accumulator;

    fn new(creation: &Creation) -> Result<Self, Error>;
    fn begin(&self) -> Self::Accumulator;
}

/// What the host hands over for a part of the samples; items that were not asked for are empty.
pub struct EvaluationBatch<'a>(&'a induct_evaluation_batch);

impl<'a> EvaluationBatch<'a> {
    pub fn count(&self) -> usize {
        self.0.count as usize
    }

    pub fn positions(&self) -> usize {
        self.0.positions as usize
    }

    pub fn classes(&self) -> usize {
        self.0.classes as usize
    }

    /// `[count, positions]`, nats for cross-entropy.
    pub fn losses(&self) -> &'a [f32] {
        // SAFETY: the host's items have the sizes of evaluator.h.
        unsafe { border::slice(self.0.losses, self.count() * self.positions()) }
    }

    /// `[count, positions, classes]`: log-probabilities, or values.
    pub fn predictions(&self) -> &'a [f32] {
        // SAFETY: as above.
        unsafe { border::slice(self.0.predictions, self.count() * self.positions() * self.classes()) }
    }

    /// `[count, positions, classes]`: the Bayes-optimal law.
    pub fn oracle(&self) -> &'a [f64] {
        // SAFETY: as above.
        unsafe { border::slice(self.0.oracle, self.count() * self.positions() * self.classes()) }
    }
}

#[repr(C)]
struct Instance<E> {
    table: induct_evaluator,
    need: induct_need,
    evaluator: E,
}

pub(crate) extern "C" fn create<E: Evaluator>(
    call: *const induct_create, result: *mut *const c_void, error: *mut induct_error,
) -> Status {
    guarded(error, || {
        // SAFETY: the host's call struct and place for the result are valid for the call.
        let evaluator = E::new(&Creation::new(&unsafe { border::known(call) })?)?;
        let need = induct_need {
            struct_size: abi::size_of::<induct_need>(),
            stream: 0,
            view: std::ptr::null(),
            items: E::ITEMS,
            point_count: 0,
            points: std::ptr::null(),
            optional_items: 0,
            parameters: abi::PARAMETERS_CURRENT,
        };
        let instance = Box::into_raw(Box::new(Instance { table: table::<E>(), need, evaluator }));
        // SAFETY: made above, and nobody else has it yet.
        unsafe {
            (*instance).table.instance = instance as *mut c_void;
            *result = instance as *const c_void;
        }
        Ok(())
    })
}

fn table<E: Evaluator>() -> induct_evaluator {
    induct_evaluator {
        struct_size: abi::size_of::<induct_evaluator>(),
        reserved: 0,
        instance: std::ptr::null_mut(),
        destroy: Some(destroy::<E>),
        need: Some(need::<E>),
        begin: Some(begin::<E>),
        consume: Some(consume::<E>),
        merge: Some(merge::<E>),
        finish: Some(finish::<E>),
        discard: Some(discard::<E>),
    }
}

/// # Safety
/// `handle` came from `create::<E>` and was not destroyed.
unsafe fn of<'a, E>(handle: *const induct_evaluator) -> &'a Instance<E> {
    &*((*handle).instance as *const Instance<E>)
}

extern "C" fn destroy<E: Evaluator>(handle: *const induct_evaluator) {
    // SAFETY: the host destroys each instance once.
    quiet((), || unsafe { drop(Box::from_raw((*handle).instance as *mut Instance<E>)) })
}

extern "C" fn need<E: Evaluator>(handle: *const induct_evaluator, index: u32) -> *const induct_need {
    if index > 0 {
        return std::ptr::null();
    }
    // SAFETY: the handle is ours.
    unsafe { &of::<E>(handle).need }
}

extern "C" fn begin<E: Evaluator>(
    handle: *const induct_evaluator, accumulator: *mut *mut c_void, error: *mut induct_error,
) -> Status {
    guarded(error, || {
        // SAFETY: the handle is ours, the place for the result is the host's.
        unsafe { *accumulator = Box::into_raw(Box::new(of::<E>(handle).evaluator.begin())) as *mut c_void };
        Ok(())
    })
}

extern "C" fn consume<E: Evaluator>(
    _: *const induct_evaluator, accumulator: *mut c_void, batch: *const induct_evaluation_batch,
    error: *mut induct_error,
) -> Status {
    // SAFETY: the accumulator came from `begin`, the batch is valid for the call.
    guarded(error, || unsafe { (*(accumulator as *mut E::Accumulator)).consume(&EvaluationBatch(&border::known(batch))) })
}

extern "C" fn merge<E: Evaluator>(
    _: *const induct_evaluator, accumulator: *mut c_void, other: *const c_void, error: *mut induct_error,
) -> Status {
    // SAFETY: both came from `begin`.
    guarded(error, || unsafe {
        (*(accumulator as *mut E::Accumulator)).merge(&*(other as *const E::Accumulator))
    })
}

/// Metrics as the host reads them, until it lets go.
struct MetricList {
    _metrics: Vec<Metric>,
    _texts: Vec<CString>,
    _tables: Vec<induct_metric>,
    pointers: Vec<*const induct_metric>,
}

impl MetricList {
    fn new(metrics: Vec<Metric>) -> Result<MetricList, Error> {
        let mut texts = Vec::new();
        let mut tables = Vec::new();
        let mut text = |text: &str| {
            if text.is_empty() {
                return std::ptr::null();
            }
            texts.push(border::c_string(text));
            texts[texts.len() - 1].as_ptr()
        };
        for metric in &metrics {
            let errors = &metric.standard_errors;
            if !errors.is_empty() && errors.len() != metric.values.len() {
                return Err(Error::internal(format!(
                    "the metric '{}' has another number of errors than of values", metric.name
                )));
            }
            tables.push(induct_metric {
                struct_size: abi::size_of::<induct_metric>(),
                kind: u32::from(!metric.axis.is_empty()),
                name: text(&metric.name),
                unit: text(&metric.unit),
                rows: 1,
                columns: metric.values.len() as u64,
                values: metric.values.as_ptr(),
                standard_errors: if errors.is_empty() { std::ptr::null() } else { errors.as_ptr() },
                axis: text(&metric.axis),
                axis_values: std::ptr::null(),
                row_names: std::ptr::null(),
                column_names: std::ptr::null(),
            });
        }
        let pointers = tables.iter().map(|table| table as *const induct_metric).collect();
        Ok(MetricList { _metrics: metrics, _texts: texts, _tables: tables, pointers })
    }
}

extern "C" fn finish<E: Evaluator>(
    _: *const induct_evaluator, accumulator: *const c_void, metrics: *mut induct_metrics, error: *mut induct_error,
) -> Status {
    guarded(error, || {
        // SAFETY: the accumulator came from `begin`, the table for the metrics is the host's.
        unsafe {
            let list = Box::new(MetricList::new((*(accumulator as *const E::Accumulator)).finish()?)?);
            (*metrics).count = list.pointers.len() as u32;
            (*metrics).metrics = list.pointers.as_ptr();
            (*metrics).release = Some(release);
            (*metrics).owner = Box::into_raw(list) as *mut c_void;
        }
        Ok(())
    })
}

extern "C" fn release(metrics: *mut induct_metrics) {
    // SAFETY: the host lets go once, of what `finish` gave.
    quiet((), || unsafe { drop(Box::from_raw((*metrics).owner as *mut MetricList)) })
}

extern "C" fn discard<E: Evaluator>(_: *const induct_evaluator, accumulator: *mut c_void) {
    // SAFETY: the host discards each accumulator once.
    quiet((), || unsafe { drop(Box::from_raw(accumulator as *mut E::Accumulator)) })
}

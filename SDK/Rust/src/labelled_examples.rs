// SPDX-License-Identifier: Apache-2.0

use crate::abi::{self, induct_source_labelled_examples};
use crate::{border, Error};
use std::ffi::CString;
use std::os::raw::c_char;

/// How labelled examples are drawn: induct_source_labelled_examples; the default of a field says least.
///
/// A sample is L pairs of an input and a label, and a query, whose label is the target; see source.h. Vectors by class have
/// one number for each of `class_probability`, or none where the default of source.h will do.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelledExamplesLaw {
    /// p_x, for queries of the view "train".
    pub class_probability: Vec<f64>,
    /// Of a context, before relevance is imposed; empty: p_x.
    pub context_probability: Vec<f64>,
    /// Empty: the class's number.
    pub label_of_class: Vec<u32>,
    /// Empty: there is one group.
    pub group_of_class: Vec<u32>,
    /// In kebab-case.
    pub group_names: Vec<String>,
    /// L
    pub contexts: u32,
    /// In [0, 1].
    pub relevance: f64,
    /// How many contexts hold the query's class where any does; 0: at least one.
    pub relevant_contexts: u32,
    /// `[classes, contexts + 1]`: P(m contexts hold the query's class | relevant); empty: `relevant_contexts` says it.
    pub match_law: Vec<f64>,
    /// Samples of the view "train"; 0: endless.
    pub training_count: u64,
    /// Queries of each class that a finite training set holds for certain.
    pub ensured_count: u32,
    /// In [0, 1].
    pub label_noise: f64,
    /// Standard deviation of each coordinate of an input around its class's centre.
    pub input_noise: f64,
    /// The largest squared norm of a centre.
    pub squared_norm: f64,
    /// Numbers of an input.
    pub dimension: u64,
}

impl Default for LabelledExamplesLaw {
    fn default() -> LabelledExamplesLaw {
        LabelledExamplesLaw {
            class_probability: Vec::new(),
            context_probability: Vec::new(),
            label_of_class: Vec::new(),
            group_of_class: Vec::new(),
            group_names: Vec::new(),
            contexts: 1,
            relevance: 0.0,
            relevant_contexts: 0,
            match_law: Vec::new(),
            training_count: 0,
            ensured_count: 0,
            label_noise: 0.0,
            input_noise: 0.0,
            squared_norm: 1.0,
            dimension: 0,
        }
    }
}

/// The ABI's table of a law, which it points into, and the texts that the law does not hold as C does.
pub(crate) struct LawTable {
    pub(crate) table: induct_source_labelled_examples,
    _names: Vec<CString>,
    _pointers: Vec<*const c_char>,
}

impl LawTable {
    /// Valid as long as the law; the host checks the numbers.
    pub(crate) fn new(law: &LabelledExamplesLaw) -> Result<LawTable, Error> {
        let classes = law.class_probability.len();
        let fits = |count: usize, expected: usize| count == 0 || count == expected;
        let grouped = if law.group_names.is_empty() { 0 } else { classes };
        if !fits(law.context_probability.len(), classes)
            || !fits(law.label_of_class.len(), classes)
            || !fits(law.match_law.len(), classes * (law.contexts as usize + 1))
            || law.group_of_class.len() != grouped
        {
            return Err(Error::internal(format!(
                "the vectors of the law of labelled examples do not fit its {classes} classes"
            )));
        }
        let names: Vec<CString> = law.group_names.iter().map(|name| border::c_string(name)).collect();
        let pointers: Vec<*const c_char> = names.iter().map(|name| name.as_ptr()).collect();
        let table = induct_source_labelled_examples {
            struct_size: abi::size_of::<induct_source_labelled_examples>(),
            classes: classes as u32,
            group_count: names.len() as u32,
            contexts: law.contexts,
            class_probability: law.class_probability.as_ptr(),
            context_probability: given(&law.context_probability),
            label_of_class: given(&law.label_of_class),
            group_of_class: given(&law.group_of_class),
            group_names: given(&pointers),
            relevance: law.relevance,
            match_law: given(&law.match_law),
            relevant_contexts: law.relevant_contexts,
            ensured_count: law.ensured_count,
            training_count: law.training_count,
            label_noise: law.label_noise,
            input_noise: law.input_noise,
            squared_norm: law.squared_norm,
            dimension: law.dimension,
        };
        Ok(LawTable { table, _names: names, _pointers: pointers })
    }
}

/// NULL for what is not stated.
fn given<Element>(vector: &[Element]) -> *const Element {
    if vector.is_empty() {
        std::ptr::null()
    } else {
        vector.as_ptr()
    }
}

// What one would write in Go instead: a bounded channel, N goroutines, one net/http client, one JSON line per URL. It streams its list, reads
// every body to the end and keeps enough idle connections. No limits, no retries.
//
// go build -o go-pool . && ./go-pool -list LIST -output FILE [-workers 50] [-insecure]
package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

type task struct {
	id  int
	url string
}

type record struct {
	ID         int     `json:"id"`
	URL        string  `json:"url"`
	OK         bool    `json:"ok"`
	StatusCode *int    `json:"status_code"`
	Error      *string `json:"error"`
	DurationMs float64 `json:"duration_ms"`
	BodyBytes  int64   `json:"body_bytes"`
}

func main() {
	listPath := flag.String("list", "", "file of URLs, one per line")
	outputPath := flag.String("output", "", "file for the records")
	workers := flag.Int("workers", 50, "goroutines")
	insecure := flag.Bool("insecure", false, "accept any certificate")
	flag.Parse()
	if err := run(*listPath, *outputPath, *workers, *insecure); err != nil {
		fmt.Fprintln(os.Stderr, "go-pool:", err)
		os.Exit(1)
	}
}

func run(listPath, outputPath string, workers int, insecure bool) error {
	list, err := os.Open(listPath)
	if err != nil {
		return err
	}
	defer list.Close()
	output, err := os.Create(outputPath)
	if err != nil {
		return err
	}
	client := newClient(workers, insecure)
	tasks := make(chan task, workers)
	records := make(chan record, workers)

	var working sync.WaitGroup
	for worker := 0; worker < workers; worker++ {
		working.Add(1)
		go func() {
			defer working.Done()
			for next := range tasks {
				records <- fetch(client, next)
			}
		}()
	}
	written := make(chan error, 1)
	go func() { written <- write(output, records) }()

	lines := bufio.NewScanner(list)
	for id := 1; lines.Scan(); id++ {
		tasks <- task{id, lines.Text()}
	}
	close(tasks)
	working.Wait()
	close(records)
	if err := <-written; err != nil {
		return err
	}
	return lines.Err()
}

// An idle connection for every worker and host, and some hundred in all: without these two, a new connection would be made for most
// requests to one host, and a list of many hosts would hold one for each of them.
func newClient(workers int, insecure bool) *http.Client {
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConns:        10 * workers,
			MaxIdleConnsPerHost: workers,
			IdleConnTimeout:     30 * time.Second,
			TLSClientConfig:     &tls.Config{InsecureSkipVerify: insecure},
		},
	}
}

func fetch(client *http.Client, next task) record {
	startedAt := time.Now()
	result := record{ID: next.id, URL: next.url}
	err := get(client, next.url, &result)
	if err != nil {
		text := err.Error()
		result.Error = &text
	}
	result.OK = err == nil && *result.StatusCode < 400
	result.DurationMs = float64(time.Since(startedAt).Microseconds()) / 1000
	return result
}

func get(client *http.Client, url string, result *record) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	result.StatusCode = &response.StatusCode
	result.BodyBytes, err = io.Copy(io.Discard, response.Body)
	return err
}

func write(output *os.File, records <-chan record) error {
	buffer := bufio.NewWriterSize(output, 64<<10)
	lines := json.NewEncoder(buffer)
	var failed error
	for next := range records {
		if failed == nil {
			failed = lines.Encode(next)
		}
	}
	if failed == nil {
		failed = buffer.Flush()
	}
	if err := output.Close(); failed == nil {
		failed = err
	}
	return failed
}
